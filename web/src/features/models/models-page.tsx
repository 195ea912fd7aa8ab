import { text } from "../../config/text";

/** What models there are, what they take, and which one answers. */
export function ModelsPage() {
  return <h1>{text.models.title}</h1>;
}
