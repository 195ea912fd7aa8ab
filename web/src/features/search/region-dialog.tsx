import { useState } from "react";

import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { text } from "../../config/text";
import type { LikePicture, Region } from "./line";
import { PictureSource } from "./picture-source";
import { RegionDrawing } from "./region-drawing";

const words = text.search;

interface Props {
  readonly picture: LikePicture;
  readonly onClose: () => void;
  readonly onUse: (region: Region | null) => void;
}

/** A window in which a part of a picture is chosen, by mouse, finger, pen or keys. */
export function RegionDialog({ picture, onClose, onUse }: Props) {
  const [region, setRegion] = useState(picture.region);
  return (
    <Dialog title={words.regionTitle} wide onClose={onClose}>
      <div className="region-dialog stack">
        <p className="small quiet">{words.regionHint}</p>
        <RegionDrawing region={region} onChange={setRegion}>
          <PictureSource name={picture.name} side={1600} alt="" />
        </RegionDrawing>
        <div className="row">
          <p className="small" role="status">
            {region === null ? words.regionWhole : saidOf(region)}
          </p>
          <span className="gap" />
          {region === null ? null : <Button onPress={() => setRegion(null)}>{words.regionNone}</Button>}
          <Button kind="main" onPress={() => onUse(region)}>
            {region === null ? words.regionUseWhole : words.regionUse}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const percent = (share: number) => Math.round(share * 100);

const saidOf = ({ left, top, width, height }: Region) =>
  words.regionAt(percent(left), percent(top), percent(width), percent(height));
