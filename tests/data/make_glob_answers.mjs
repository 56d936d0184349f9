// Asks picomatch what the tests of st_tui/core/patterns/automaton.py hold it against, and writes beside this
// file, or into the folder given as an argument:
//   glob_exhaustive.bin  zlib: for every text of up to `most` pattern symbols, one bit for every
//                        path of up to `most` path symbols (glob_exhaustive.json; both begin with
//                        a slash; see `texts` for the order)
//   glob_facts.json      {"picomatch": version, "facts": {pattern: {path: matches}}}, answering
//                        the same questions as the file it replaces
// picomatch is found as node finds it, or is the package folder named by PICOMATCH:
//   PICOMATCH=/some/where/node_modules/picomatch node make_glob_answers.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? here;
const require = createRequire(import.meta.url);
const name = process.env.PICOMATCH ?? 'picomatch';

let picomatch;
try {
  picomatch = require(name);
} catch {
  console.error(`picomatch not found (looked for ${name})`);
  process.exit(3);
}
const version = require(`${name}/package.json`).version;
const matcher = pattern => picomatch(pattern, { strictSlashes: false });

// Shortest first, in the order of the symbols, each text once; all begin with a slash.
function texts(symbols, most) {
  const found = new Set();
  let longest = symbols.filter(symbol => symbol.startsWith('/'));
  for (let length = 1; length <= most; length++) {
    longest.forEach(text => found.add(text));
    longest = longest.flatMap(text => symbols.map(symbol => text + symbol));
  }
  return [...found];
}

const { patternSymbols, pathSymbols, most } = JSON.parse(
  readFileSync(join(here, 'glob_exhaustive.json'), 'utf8'),
);
const paths = texts(pathSymbols, most);
const rows = texts(patternSymbols, most).map(pattern => {
  const matches = matcher(pattern);
  const row = Buffer.alloc(Math.ceil(paths.length / 8));
  paths.forEach((path, index) => {
    if (matches(path)) row[index >> 3] |= 1 << (index & 7);
  });
  return row;
});
writeFileSync(join(target, 'glob_exhaustive.bin'), deflateSync(Buffer.concat(rows), { level: 9 }));

const { facts } = JSON.parse(readFileSync(join(here, 'glob_facts.json'), 'utf8'));
for (const [pattern, answers] of Object.entries(facts)) {
  const matches = matcher(pattern);
  for (const path of Object.keys(answers)) answers[path] = matches(path);
}
writeFileSync(
  join(target, 'glob_facts.json'),
  JSON.stringify({ picomatch: version, facts }, null, 1) + '\n',
);

const vectors = JSON.parse(readFileSync(join(here, 'scope_vectors.json'), 'utf8'));
const lines = vectors.map(vector =>
  JSON.stringify({ ...vector, expected: matcher(vector.pattern)(vector.path) }),
);
writeFileSync(join(target, 'scope_vectors.json'), `[\n ${lines.join(',\n ')}\n]\n`);
