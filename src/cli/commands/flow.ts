import { Command } from "commander";

/** Only for `--help`: `main.ts` starts the protocol before the commands are loaded. */
export function flowCommand(): Command {
  return new Command("flow")
    .summary("speak the Flow capture protocol on standard input and output")
    .description(
      "Speaks the Flow capture protocol with the JSON codec on standard input and output. The image runs this command.",
    );
}
