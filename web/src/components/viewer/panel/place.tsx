import { lazy, Suspense } from "react";

import { text } from "../../../config/text";
import { coordinates, number, words } from "../facts";
import { Copy } from "./copy";
import { Section } from "./section";

interface Props {
  readonly fields: Readonly<Record<string, unknown>>;
}

const World = lazy(async () => ({ default: (await import("./world")).World }));

/** Where it was taken: names, a map that lies on this server, coordinates. */
export function Place({ fields }: Props) {
  const names = namesOf(fields);
  const latitude = number(fields, "latitude");
  const longitude = number(fields, "longitude");
  const altitude = number(fields, "altitude");
  if (latitude === null || longitude === null)
    return names === "" ? null : (
      <Section title={text.viewer.where}>
        <p>{names}</p>
      </Section>
    );
  const plain = `${latitude.toFixed(6)},${longitude.toFixed(6)}`;
  const written = coordinates(latitude, longitude);
  return (
    <Section title={text.viewer.where}>
      {names === "" ? null : <p>{names}</p>}
      <Suspense fallback={<div className="world blank" />}>
        <World latitude={latitude} longitude={longitude} name={names === "" ? written : names} />
      </Suspense>
      <p className="small">
        {written} <Copy label={text.viewer.copyPlace} value={plain} />
      </p>
      <p className="small">
        <a href={`geo:${plain}`}>{text.viewer.openPlace}</a>{" "}
        {altitude === null ? null : <span className="quiet">{text.viewer.altitude(altitude)}</span>}
      </p>
    </Section>
  );
}

/** "Montmartre, Paris, France", without what is said twice. */
function namesOf(fields: Props["fields"]): string {
  const place = fields["place"];
  if (typeof place !== "object" || place === null) return "";
  const names = ["location", "city", "region", "country"].map((part) => words(place as Props["fields"], part));
  return [...new Set(names.filter((name) => name !== null))].join(", ");
}
