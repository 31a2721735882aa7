/** The exit codes of the program. */

/** Everything that was asked for was done. */
export const DONE = 0;

/** Something was not done, and an error on the output names what to do. */
export const FAILED = 1;

export const WRONG_COMMAND_LINE = 2;

/**
 * A process that follows has ended because of its configuration or the API key, and would end again until a person has
 * changed them. Supervisors restart after 1 and not after this one, the EX_CONFIG of sysexits.h.
 */
export const MISCONFIGURED = 78;

/** A stop was asked for before the end; the next run goes on from there. Shells use 128 + SIGINT. */
export const STOPPED = 130;
