/** What to write in place of a keyword that this version cannot carry out; every such keyword has a line. */
export const unavailableHints: Readonly<Record<string, string>> = {
  undo: 'write a play that takes the change back, and run it by itself',
  vars_prompt: 'declare the value under "params" and give it with `-e NAME=VALUE`',
  include_tasks: 'write the steps where they are to run, in a block',
  include_role: 'write the steps of the role where they are to run, in a block',
  include: 'write the steps where they are to run, in a block',
};
