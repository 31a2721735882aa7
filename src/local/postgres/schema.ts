/** The schema that a session writes. */
export interface Schema {
  readonly name: string;
  /** As messages name it. */
  readonly place: string;
}
