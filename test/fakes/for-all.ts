/** Random cases of a property; a failure names the seed that repeats it. */
import * as fc from 'fast-check'

export function forAll<T>(
  property: fc.IProperty<T>,
  numRuns = Number(process.env['FERRY_PROPERTY_RUNS'] ?? 200),
): void {
  // biome-ignore lint/nursery/noFloatingPromises: the property is synchronous, so is this
  fc.assert(property, { numRuns })
}

/** The same of a property that waits. */
export async function forAllAsync<T>(
  property: fc.IAsyncProperty<T>,
  numRuns = Number(process.env['FERRY_PROPERTY_RUNS'] ?? 200),
): Promise<void> {
  await fc.assert(property, { numRuns })
}
