// What DuckDB answers to questions about Parquet files, and whether another reader finds the same rows.
// node parquet.mjs NODE_MODULES SQL...: a line for each row of each answer, its values separated by "|".
// node parquet.mjs NODE_MODULES --rows FILE COLUMN...: the rows of a file as hyparquet, written independently, reads them.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, ...questions] = process.argv.slice(2)
const require = createRequire(join(modules, 'x.js'))
const text = value => value === null || value === undefined ? 'null'
    : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value.toString()
const print = rows => process.stdout.write(rows.map(row => row.map(text).join('|') + '\n').join(''))

if (questions[0] === '--rows') {
    const load = name => import(pathToFileURL(join(modules, name)))
    const { asyncBufferFromFile, parquetReadObjects } = await load('hyparquet/src/node.js')
    const { compressors } = await load('hyparquet-compressors/src/index.js')
    const [, path, ...columns] = questions
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), columns, compressors, utf8: false })
    print(rows.map(row => columns.map(column => row[column])))
} else {
    const { DuckDBInstance } = require('@duckdb/node-api')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const question of questions) {
        print((await connection.runAndReadAll(question)).getRows().map(row => row.map(v => v?.bytes ?? v)))
    }
}
