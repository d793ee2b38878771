/** A gate before the loops: while it is closed nothing new starts, and what is under way ends. */

export interface Gate {
  /**
   * Asks again; why the schedule does not go ahead, '' where it does. At once where nobody has to be
   * asked.
   */
  refresh(signal: AbortSignal): Promise<string> | string
  /** '' while new work may start: by the schedule, or because `during` is under way. */
  closedBecause(): string
  /** New work may start whatever the schedule says, until this has ended or is released. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** What `during` has under way does not hold it open any more. */
  release(): void
  /** Called each time the gate opens. */
  onOpen(ring: () => void): void
}

export const openGate: Gate = {
  refresh: () => '',
  closedBecause: () => '',
  during: (work) => work(),
  release() {},
  onOpen: () => {},
}
