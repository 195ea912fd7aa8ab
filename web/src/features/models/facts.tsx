import { text } from "../../config/text";
import { bytes, count, duration, moment } from "../../lib/format";
import type { Measured, Model } from "./asked";
import { milliseconds, secondsOf } from "./cost";

const words = text.models;

/** What is known of a model: what it does, what it takes, who says so. */
export function Facts({ model, pictures }: { readonly model: Model; readonly pictures: number }) {
  const size = model.bytes === 0 ? words.shippedSize : bytes(model.bytes);
  return (
    <dl className="model-facts small">
      <Fact name={words.does}>{model.tasks.map((task) => words.tasks[task] ?? task).join(", ")}</Fact>
      <Fact name={words.disk}>{model.state === "available" ? words.about(size) : size}</Fact>
      <Fact name={words.licence}>
        {model.licence || "–"}
        {model.licence_note === "" ? null : <small className="quiet"> {model.licence_note}</small>}
      </Fact>
      {model.languages === "" ? null : <Fact name={words.languages}>{model.languages}</Fact>}
      {model.published === null ? null : <Fact name={words.published}>{publishedOf(model.published)}</Fact>}
      {model.state === "available" ? null : (
        <Fact name={words.here}>
          {model.measured === null ? (
            <span className="quiet">{words.unmeasured}</span>
          ) : (
            <Here measured={model.measured} pictures={pictures} />
          )}
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: React.ReactNode;
}

const Fact = ({ name, children }: FactProps) => (
  <div>
    <dt className="quiet">{name}</dt>
    <dd>{children}</dd>
  </div>
);

function publishedOf(published: NonNullable<Model["published"]>): string {
  const { quality, measure, milliseconds: time, source } = published;
  const parts = [
    quality === null ? "" : words.quality(measure, quality.toFixed(1)),
    time === null ? "" : words.elsewhereTime(milliseconds(time)),
  ];
  return `${parts.filter((part) => part !== "").join(", ")} (${source})`;
}

/** What was measured on the machine that serves the model. */
function Here({ measured, pictures }: { readonly measured: Measured; readonly pictures: number }) {
  const seconds = secondsOf(pictures, measured);
  const told = [
    measured.load_seconds > 0 ? words.loadTime(milliseconds(1000 * measured.load_seconds)) : null,
    timed(measured.picture_milliseconds, words.alone),
    timed(measured.batch_milliseconds, words.among),
    timed(measured.text_milliseconds, words.text),
    timed(measured.caption_milliseconds, words.caption),
    measured.memory_bytes === null
      ? measured.weights_bytes > 0
        ? words.weights(bytes(measured.weights_bytes))
        : null
      : words.grown(bytes(measured.memory_bytes)),
    seconds === null || pictures === 0 ? null : words.library(count(pictures), duration(Math.max(1, seconds))),
  ];
  return (
    <>
      <strong>{told.filter((part) => part !== null).join(" · ")}</strong>{" "}
      <small className="quiet">{words.measuredAt(moment(measured.measured_at))}</small>
    </>
  );
}

const timed = (value: number | null, say: (time: string) => string): string | null =>
  value === null ? null : say(milliseconds(value));
