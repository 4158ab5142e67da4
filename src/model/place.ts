/** A stretch of text in a source file that a person wrote. Lines and columns count from 1. */
export interface Place {
  /** The path as the user would type it: relative to the working directory where it lies below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters of that line the caret underlines; at least 1. */
  readonly length: number;
}

/** A file's text as read, kept for the source line that a diagnostic shows. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** `file:line:column`, the form that editors and terminals turn into a link. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
