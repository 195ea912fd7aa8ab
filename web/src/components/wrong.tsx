import { text } from "../config/text";
import { Button } from "./button";
import { Said } from "./said";

interface Props {
  readonly error: Error;
  readonly again?: () => void;
}

/** Says what went wrong and what to do about it. */
export function Wrong({ error, again }: Props) {
  return (
    <div className="card problem stack" role="alert">
      <p>
        <strong>{text.wrong}</strong> <Said>{error.message}</Said>
      </p>
      {again === undefined ? null : (
        <div>
          <Button onPress={again}>{text.again}</Button>
        </div>
      )}
    </div>
  );
}
