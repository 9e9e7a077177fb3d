/** Ollama's durations, all in nanoseconds. */
export interface AnswerTimes {
  readonly total_duration: number;
  readonly load_duration: number;
  readonly prompt_eval_duration: number;
  readonly eval_duration: number;
}

const NS_PER_MS = 1e6;

/**
 * Durations of an answer, from times in epoch ms.
 *
 * The wait until the first token counts as reading the prompt, whether it was spent in a queue, loading the model, or with
 * the prompt: from outside they cannot be told apart. Of an answer that came whole, everything counts as writing it.
 *
 * @param firstAt When the first token came; undefined for an answer that came whole.
 */
export function answerTimes(
  { arrivedAt, firstAt = arrivedAt, now }: { arrivedAt: number; firstAt?: number | undefined; now: number },
): AnswerTimes {
  const promptMs = Math.max(firstAt - arrivedAt, 0);
  // Clients divide the count of tokens by it, and the clock only tells milliseconds.
  const evalMs = Math.max(now - firstAt, 1);
  return {
    total_duration: Math.round((promptMs + evalMs) * NS_PER_MS),
    load_duration: 0,
    prompt_eval_duration: Math.round(promptMs * NS_PER_MS),
    eval_duration: Math.round(evalMs * NS_PER_MS),
  };
}
