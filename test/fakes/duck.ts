/** Questions to DuckDB, as a user of the store would ask them. */
import { DuckDBInstance } from '@duckdb/node-api'

export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjectsJson() as Record<string, unknown>[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** One glob over every row of a store. */
export const rowsGlob = (store: string) => `'${store}/*/tabular/**/*.ndjson'`

export async function countRows(store: string): Promise<{ rows: number; distinct: number }> {
  const [row = {}] = await query(
    `select count(*)::int as n, count(distinct data.value)::int as d
     from read_ndjson(${rowsGlob(store)}, union_by_name = true)`,
  )
  return { rows: Number(row['n']), distinct: Number(row['d']) }
}
