/**
 * The variables that a connection setting is read from, by the setting's native name; of several that are set, the
 * first counts.
 */
export const settingVariables = {
  connection: ['ansible_connection'],
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  password: ['ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass'],
  identity_file: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  passphrase: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
  host_key_checking: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
  connect_timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  common_args: ['ansible_ssh_common_args'],
  extra_args: ['ansible_ssh_extra_args'],
  become: ['ansible_become'],
  become_method: ['ansible_become_method'],
  become_user: ['ansible_become_user', 'ansible_sudo_user', 'ansible_su_user'],
  become_password: [
    'ansible_become_password',
    'ansible_become_pass',
    'ansible_sudo_pass',
    'ansible_sudo_password',
    'ansible_su_pass',
  ],
  sudo_exe: ['ansible_sudo_exe', 'ansible_become_exe'],
  su_exe: ['ansible_su_exe', 'ansible_become_exe'],
  doas_exe: ['ansible_doas_exe', 'ansible_become_exe'],
  sudo_flags: ['ansible_sudo_flags', 'ansible_become_flags'],
  su_flags: ['ansible_su_flags', 'ansible_become_flags'],
  doas_flags: ['ansible_doas_flags', 'ansible_become_flags'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A connection setting that variables can give. */
export type VariableSetting = keyof typeof settingVariables;

const names: ReadonlySet<string> = new Set(Object.values(settingVariables).flat());

/** Whether connections are made from a variable of this name. */
export function isConnectionVariable(name: string): boolean {
  if (!name.startsWith('ansible_')) return false;
  return (
    names.has(name) ||
    /^ansible_(ssh|become|sudo|su|doas|connection|shell|python_interpreter)(_|$)/.test(name)
  );
}
