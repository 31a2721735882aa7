/** The state of a binding between its stream and the blocks that it emits. */
export type LifecycleState =
  /** A checkpoint covers all documents of the stream. */
  | "covered"
  /** Documents wait for the checkpoint that covers them. */
  | "uncovered"
  /** The stream has nothing to do until an instant. */
  | "resting"
  /** The stream has failed and waits to be restarted. */
  | "recovering"
  | "over";

export type LifecycleTrigger =
  | "documents"
  | "checkpoint"
  | "progress"
  | "rest"
  /** The rest, or the wait after a failure, is over. */
  | "woken"
  /** The stream threw an error that ends only its own run. */
  | "failed"
  /** The session was asked to stop. */
  | "stopped"
  /** The stream has ended, or its part of a pass has. */
  | "ended";

/** The next state and what happens to the waiting documents, or the contract that the stream or the engine broke. */
export type Transition =
  | { readonly to: LifecycleState; readonly waiting: "kept" | "released" | "dropped" }
  | { readonly defect: string };

const to = (state: LifecycleState): Transition => ({ to: state, waiting: "kept" });
const releaseAndGoTo = (state: LifecycleState): Transition => ({ to: state, waiting: "released" });
const dropAndGoTo = (state: LifecycleState): Transition => ({ to: state, waiting: "dropped" });
const defect = (sentence: string): Transition => ({ defect: sentence });

const whileAwake = defect("woke up while it was not resting");
const whileResting = defect("continued while it was resting");
const afterFailure = defect("continued after it had failed");
const afterEnd = defect("continued after it had ended");

/** The lifecycle of a binding: the transition for each trigger in each state. */
const LIFECYCLE: Readonly<Record<LifecycleState, Readonly<Record<LifecycleTrigger, Transition>>>> = {
  covered: {
    documents: to("uncovered"),
    checkpoint: releaseAndGoTo("covered"),
    progress: to("covered"),
    rest: to("resting"),
    woken: whileAwake,
    failed: to("recovering"),
    stopped: to("over"),
    ended: to("over"),
  },
  uncovered: {
    documents: to("uncovered"),
    checkpoint: releaseAndGoTo("covered"),
    progress: to("uncovered"),
    rest: defect("rested with documents that no checkpoint covers"),
    woken: whileAwake,
    failed: dropAndGoTo("recovering"),
    stopped: dropAndGoTo("over"),
    ended: defect("ended with documents that no checkpoint covers"),
  },
  resting: {
    documents: whileResting,
    checkpoint: whileResting,
    progress: whileResting,
    rest: whileResting,
    woken: to("covered"),
    // A pass closes a stream that rests, and the stream may throw while it is closed.
    failed: to("recovering"),
    stopped: to("over"),
    ended: to("over"),
  },
  recovering: {
    documents: afterFailure,
    checkpoint: afterFailure,
    progress: afterFailure,
    rest: afterFailure,
    woken: to("covered"),
    failed: afterFailure,
    stopped: to("over"),
    ended: to("over"),
  },
  over: {
    documents: afterEnd,
    checkpoint: afterEnd,
    progress: afterEnd,
    rest: afterEnd,
    woken: afterEnd,
    failed: afterEnd,
    stopped: afterEnd,
    ended: afterEnd,
  },
};

export function transition(state: LifecycleState, trigger: LifecycleTrigger): Transition {
  return LIFECYCLE[state][trigger];
}
