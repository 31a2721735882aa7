import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

/** Fonts of the machine are left alone, so that the picture is the same everywhere. */
const FONTS = [
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
].map((url) => fileURLToPath(url));

/** The picture at twice its size, for screens with fine pixels. */
export function pngOf(svg: string): Uint8Array {
  const font = { fontFiles: FONTS, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
}
