/** A sentence of the server's, in which what stands between backticks is a command. */
export const Said = ({ children }: { readonly children: string }) =>
  children.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
