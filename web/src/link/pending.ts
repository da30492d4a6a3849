/** Sent messages that wait for their answer, by id. */

import type { Problem } from "../wire";

/** The server refused something, or did not answer; `problem` says why. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** The refusal for no connection, or no answer in time. */
export function noAnswer(): Refusal {
  return new Refusal({ code: "failed", message: "", rev: null, reason: null, details: {}, faults: [] });
}

/** A random id. Not `crypto.randomUUID`: a page without TLS, which may only watch, does not have it. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Entry<M, T> {
  message: M;
  resolve(value: T): void;
  reject(reason: Refusal): void;
}

export class PendingAnswers<M, T> {
  private readonly entries = new Map<string, Entry<M, T>>();

  /** A promise for the answer to `message`; rejects after `within` milliseconds. */
  wait(id: string, message: M, within: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => this.reject(id, noAnswer()), within);
      this.entries.set(id, {
        message,
        resolve: (value) => {
          clearTimeout(late);
          resolve(value);
        },
        reject: (reason) => {
          clearTimeout(late);
          reject(reason);
        },
      });
    });
  }

  resolve(id: string, value: T): void {
    this.take(id)?.resolve(value);
  }

  reject(id: string, reason: Refusal): void {
    this.take(id)?.reject(reason);
  }

  rejectAll(reason: Refusal): void {
    for (const id of [...this.entries.keys()]) this.reject(id, reason);
  }

  /** The messages without an answer, oldest first. */
  get messages(): M[] {
    return [...this.entries.values()].map((entry) => entry.message);
  }

  private take(id: string): Entry<M, T> | undefined {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    return entry;
  }
}
