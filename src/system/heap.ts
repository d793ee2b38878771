/** Memory given back while there is work: by itself the runtime lets garbage grow with the machine. */

/** Two for each small file; collecting after so many costs about a tenth of sending them. */
const COLLECT_AFTER_EVENTS = 2000

/** To be told of what was done; collects what that left behind, now and then. */
export function createCollector(): (events: number) => void {
  let since = 0
  return (events) => {
    since += events
    if (since < COLLECT_AFTER_EVENTS) return
    since = 0
    Bun.gc(true)
  }
}
