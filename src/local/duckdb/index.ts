export { type Answer, answerQuestions } from "./questions.ts";
export { openDuckDbStore } from "./store.ts";
