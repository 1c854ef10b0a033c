/** One file of a zip in the making. */
export interface PackedFile {
  /** Relative to the plugin's folder, with "/". */
  readonly path: string;
  /** What was made for the zip; else the file on the disk. */
  readonly content: Buffer | { readonly file: string; readonly bytes: number };
  readonly executable: boolean;
}
