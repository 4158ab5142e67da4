/** The version of this program; the build puts the number of package.json here. */
export const version: string = process.env['RUNBOOK_VERSION'] ?? 'development';
