/** One thing in which a file differs from the kept one; `better` is 1 where it is the better one in this, −1 where worse. */
export interface Difference {
  readonly says: string;
  readonly better: -1 | 0 | 1;
}
