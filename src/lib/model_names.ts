/** Characters. No real name is longer, and names end up in messages, logs and memory: longer ones are no names. */
export const LONGEST_MODEL_NAME = 512;
