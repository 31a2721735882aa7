/** How a binding stands between its stream and the messages. */
export type LifeState =
  /** A checkpoint covers all that the stream has given. */
  | "covered"
  /** Documents wait for the checkpoint that covers them. */
  | "uncovered"
  /** The stream has nothing to do until an instant. */
  | "resting"
  /** The stream has failed, and is left alone for a while. */
  | "recovering"
  | "over";

export type LifeEvent =
  | "documents"
  | "checkpoint"
  | "progress"
  | "rest"
  /** The rest, or the time after a failure, is over. */
  | "woken"
  /** The stream threw an error that ends its run only. */
  | "failed"
  /** The session is asked to end. */
  | "stopped"
  /** The stream has ended, or the pass is over for it. */
  | "ended";

/** Where an event leads, and what becomes of the documents that wait; or why it is a defect of the stream or the engine. */
export type Transition =
  | { readonly to: LifeState; readonly waiting: "kept" | "given" | "dropped" }
  | { readonly defect: string };

const to = (state: LifeState): Transition => ({ to: state, waiting: "kept" });
const giveAndGoTo = (state: LifeState): Transition => ({ to: state, waiting: "given" });
const dropAndGoTo = (state: LifeState): Transition => ({ to: state, waiting: "dropped" });
const defect = (sentence: string): Transition => ({ defect: sentence });

const awake = defect("wakes though it does not rest");
const asleep = defect("goes on though it rests");
const leftAlone = defect("goes on though it has failed");
const gone = defect("goes on though it is over");

/** The life of a binding: what may happen to it in which state. */
const LIFE: Readonly<Record<LifeState, Readonly<Record<LifeEvent, Transition>>>> = {
  covered: {
    documents: to("uncovered"),
    checkpoint: giveAndGoTo("covered"),
    progress: to("covered"),
    rest: to("resting"),
    woken: awake,
    failed: to("recovering"),
    stopped: to("over"),
    ended: to("over"),
  },
  uncovered: {
    documents: to("uncovered"),
    checkpoint: giveAndGoTo("covered"),
    progress: to("uncovered"),
    rest: defect("rests on documents that no checkpoint covers"),
    woken: awake,
    failed: dropAndGoTo("recovering"),
    stopped: dropAndGoTo("over"),
    ended: defect("ends on documents that no checkpoint covers"),
  },
  resting: {
    documents: asleep,
    checkpoint: asleep,
    progress: asleep,
    rest: asleep,
    woken: to("covered"),
    failed: asleep,
    stopped: to("over"),
    ended: to("over"),
  },
  recovering: {
    documents: leftAlone,
    checkpoint: leftAlone,
    progress: leftAlone,
    rest: leftAlone,
    woken: to("covered"),
    failed: leftAlone,
    stopped: to("over"),
    ended: to("over"),
  },
  over: {
    documents: gone,
    checkpoint: gone,
    progress: gone,
    rest: gone,
    woken: gone,
    failed: gone,
    stopped: gone,
    ended: gone,
  },
};

export function transition(state: LifeState, event: LifeEvent): Transition {
  return LIFE[state][event];
}
