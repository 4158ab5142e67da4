/** Marks the end of an exhaustive `switch`: a call that can be reached is a type error. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
