/** Names of boards: they become folders of a store. */

/** Why a name cannot be one, in words; '' when it can. */
export function deviceProblem(device: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(device)
    ? ''
    : 'a device name is 1 to 64 letters, digits, ".", "_" or "-", and begins with a letter or digit'
}
