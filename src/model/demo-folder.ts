/** How the name of the folder of a demo's fleet begins; it lies among the temporary files. */
export const demoFolderPrefix = 'runbook-demo-';
