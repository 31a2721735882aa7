# The image that Flow runs. Flow runs images of linux/amd64 only:
#
#     docker build --platform linux/amd64 --tag ghcr.io/OWNER/source-aircall:dev .

# Any image of Node 24 will do that has npm for the first stage. The digest is that of the image for all platforms;
# renovate.json lets Renovate propose later ones.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No script of a dependency is run: the image brings the Node that the package "node" would fetch, and
# esbuild works without its own script.
RUN npm ci --ignore-scripts --no-audit
COPY tsconfig.json ./
COPY scripts/build.mjs ./scripts/
COPY src ./src/
COPY emulator ./emulator/
RUN node scripts/build.mjs

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /build/dist ./
# The user "node" of the base image, as a number: hosts that refuse root can check it, and it needs no name.
USER 1000:1000
LABEL FLOW_RUNTIME_PROTOCOL=capture
LABEL FLOW_RUNTIME_CODEC=json
# The port to which Aircall sends events. Flow opens it to the internet, with TLS, under an address of its own.
EXPOSE 8080
LABEL dev.estuary.port-public.8080=true
# Answers are read into buffers by several threads. With an area for each thread, what is free in one is of
# no use to the others, and memory grows by a quarter over a long backfill.
ENV MALLOC_ARENA_MAX=1
# Flow gives a container 1 GiB and takes the whole command from here. The bound of the heap leaves room for
# what lies outside it.
ENTRYPOINT ["node", "--max-old-space-size=700", "/app/source-aircall.cjs", "flow"]
