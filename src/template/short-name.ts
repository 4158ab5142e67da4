/** `ansible.builtin.x` is `x`, and so is what has the name of one of the collections whose filters are built in. */
export function shortName(name: string): string {
  return name.replace(/^(?:ansible\.(?:builtin|legacy|utils|netcommon)|community\.general)\./, '');
}
