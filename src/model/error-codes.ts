/**
 * Every error code, by the stage that finds it: RB1xx load, RB2xx validate, RB3xx compile, RB4xx schedule,
 * RB5xx remote and execute, RB6xx modules and templates, RB7xx command line, RB9xx bugs.
 * A code keeps its meaning for ever; a new mistake gets a new code. `exit` is the process's exit code.
 */
export const errorCodes = {
  // load
  RB101: { title: 'file cannot be read', exit: 65 },
  RB102: { title: 'file is too large', exit: 65 },
  RB103: { title: 'YAML syntax error', exit: 65 },
  RB104: { title: 'duplicate key', exit: 65 },
  RB105: { title: 'unquoted template', exit: 65 },
  RB106: { title: 'tab used for indentation', exit: 65 },
  RB107: { title: 'too many aliases', exit: 65 },
  RB108: { title: 'nested too deeply', exit: 65 },
  RB109: { title: 'unknown YAML tag', exit: 65 },
  RB110: { title: 'number loses precision', exit: 65 },
  RB111: { title: 'key is not allowed', exit: 65 },
  RB112: { title: 'file lies outside the project', exit: 65 },
  RB113: { title: 'files include each other in a circle', exit: 65 },
  RB120: { title: 'inventory cannot be read', exit: 65 },
  RB121: { title: 'inventory line is not understood', exit: 65 },
  RB122: { title: 'inventory program failed', exit: 65 },
  RB123: { title: 'host range is wrong', exit: 65 },
  RB124: { title: 'group cycle', exit: 65 },
  RB125: { title: 'host or group name is not allowed', exit: 65 },
  RB126: { title: 'no inventory found', exit: 65 },
  RB130: { title: 'variables file is not a mapping', exit: 65 },
  RB131: { title: 'vault password is needed', exit: 65 },
  RB132: { title: 'variables file is not used', exit: 65 },
  RB133: { title: 'extra variables are not understood', exit: 65 },
  // validate
  RB201: { title: 'unknown key', exit: 65 },
  RB202: { title: 'wrong type or value', exit: 65 },
  RB203: { title: 'required key is missing', exit: 65 },
  RB204: { title: 'unknown module', exit: 65 },
  RB205: { title: 'more than one module in a step', exit: 65 },
  RB206: { title: 'step has no module', exit: 65 },
  RB207: { title: 'keys exclude each other', exit: 65 },
  RB208: { title: 'name is already taken', exit: 65 },
  RB209: { title: 'parameter does not fit its schema', exit: 65 },
  RB210: { title: 'parameter has no value', exit: 65 },
  RB211: { title: 'template syntax error', exit: 65 },
  RB212: { title: 'name is used but not declared', exit: 65 },
  RB213: { title: 'not part of this dialect', exit: 65 },
  RB214: { title: 'keyword not available', exit: 65 },
  // compile
  RB301: { title: 'unknown host or group', exit: 65 },
  RB302: { title: 'dependency cycle', exit: 65 },
  RB303: { title: 'unknown step', exit: 65 },
  RB304: { title: 'unknown handler', exit: 65 },
  RB305: { title: 'event is never set', exit: 65 },
  RB306: { title: 'setter comes after its waiter', exit: 65 },
  RB307: { title: 'permits above capacity', exit: 65 },
  RB308: { title: 'host pattern is wrong', exit: 65 },
  RB309: { title: 'nothing selected', exit: 65 },
  RB310: { title: 'two unordered steps write one variable', exit: 65 },
  RB311: { title: 'undefined variable', exit: 65 },
  RB312: { title: 'selection removed the other side', exit: 65 },
  RB313: { title: 'plan file cannot be used', exit: 65 },
  RB314: { title: 'hosts cannot meet here', exit: 65 },
  RB315: { title: 'locks are taken in opposite orders', exit: 65 },
  RB316: { title: 'wait inside what is needed to end it', exit: 65 },
  RB317: { title: 'semaphore is taken again inside itself', exit: 65 },
  RB318: { title: 'queue keeps its own sides waiting', exit: 65 },
  RB319: { title: 'deadlock after a failure', exit: 65 },
  RB320: { title: 'two unordered steps touch one thing', exit: 65 },
  RB321: { title: 'not possible for each item of a queue', exit: 65 },
  // schedule
  RB401: { title: 'event was lost', exit: 2 },
  RB402: { title: 'nothing can go on', exit: 2 },
  RB403: { title: 'wait timed out', exit: 2 },
  RB404: { title: 'lock cannot be given back', exit: 5 },
  // remote and execute
  RB501: { title: 'host refused the connection', exit: 4 },
  RB502: { title: 'host name cannot be resolved', exit: 4 },
  RB503: { title: 'connection timed out', exit: 4 },
  RB504: { title: 'not an SSH server', exit: 4 },
  RB505: { title: 'host key is not known', exit: 4 },
  RB506: { title: 'host key has changed', exit: 4 },
  RB507: { title: 'host key is revoked', exit: 4 },
  RB508: { title: 'authentication failed', exit: 4 },
  RB509: { title: 'identity file cannot be used', exit: 4 },
  RB510: { title: 'login shell is not usable', exit: 4 },
  RB511: { title: 'connection was lost', exit: 4 },
  RB512: { title: 'become failed', exit: 2 },
  RB513: { title: 'step timed out', exit: 2 },
  RB514: { title: 'outcome is unknown', exit: 5 },
  RB515: { title: 'connection settings are wrong', exit: 65 },
  RB516: { title: 'jump host failed', exit: 4 },
  RB517: { title: 'no writable directory on the host', exit: 4 },
  RB518: { title: 'request was cancelled', exit: 130 },
  // modules and templates
  RB601: { title: 'module failed', exit: 2 },
  RB602: { title: 'module parameters are wrong', exit: 2 },
  RB611: { title: 'template failed', exit: 2 },
  RB612: { title: 'undefined variable', exit: 2 },
  // command line
  RB701: { title: 'usage', exit: 64 },
  RB702: { title: 'settings file is wrong', exit: 65 },
  RB703: { title: 'report cannot be written', exit: 65 },
  // bugs
  RB901: { title: 'internal error', exit: 70 },
} as const satisfies Record<string, { title: string; exit: number }>;

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes;

/** The exit code of the process for an error of this code. */
export function exitCodeOf(code: ErrorCode): number {
  return errorCodes[code].exit;
}
