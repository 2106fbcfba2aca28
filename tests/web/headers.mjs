// The text of `_headers`, as Netlify and Cloudflare Pages read it → the headers of a path. What is wrong with it, `validate/headers.py` says.

/** The blocks of the file: a pattern of paths, what it sets and what it takes away. */
export function read(text) {
  const blocks = [];
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s+([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (/^\//.test(line)) {
      const pattern = line.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/:[a-z_]\w*/gi, '[^/]+');
      blocks.push({ matches: new RegExp(`^${pattern}$`), set: {}, taken: [] });
    } else if (name && blocks.length > 0) {
      blocks.at(-1).set[name.toLowerCase()] = value.trim();
    } else if (/^\s+! /.test(line) && blocks.length > 0) {
      blocks.at(-1).taken.push(line.trim().slice(2).toLowerCase());
    }
  }
  return blocks;
}

/** The headers of a path, names in lower case. */
export function applied(blocks, path) {
  const headers = {};
  for (const { set, taken } of blocks.filter(({ matches }) => matches.test(path))) {
    for (const name of taken) delete headers[name];
    Object.assign(headers, set);
  }
  return headers;
}
