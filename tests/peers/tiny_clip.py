"""Runs in the environment of infinity: DIRECTORY PICTURES. Makes a tiny CLIP, and what it answers itself.

Beside the model lies `answers.npz`: the reference library's embedding of each picture and of one text.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

TEXT = "a red house"


def make(directory):
    torch.manual_seed(7)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (directory / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (directory / "merges.txt").write_text("#version: 0.2\n")
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    tokens = {"vocab_size": len(words), "bos_token_id": len(words) - 2, "eos_token_id": len(words) - 1}
    config = CLIPConfig(
        text_config={**small, **tokens, "pad_token_id": len(words) - 1, "max_position_embeddings": 77},
        vision_config={**small, "image_size": 32, "patch_size": 8},
        projection_dim=24,
    )
    CLIPModel(config).eval().save_pretrained(directory)
    tokenizer = CLIPTokenizer(
        str(directory / "vocab.json"), str(directory / "merges.txt"), model_max_length=77
    )
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(images, tokenizer).save_pretrained(directory)


def answers(directory, pictures):
    model, processor = CLIPModel.from_pretrained(directory).eval(), CLIPProcessor.from_pretrained(directory)
    opened = [Image.open(path).convert("RGB") for path in sorted(pictures.iterdir())]
    with torch.no_grad():
        images = model.get_image_features(**processor(images=opened, return_tensors="pt")).numpy()
        texts = model.get_text_features(**processor(text=[TEXT], return_tensors="pt", padding=True)).numpy()
    np.savez(directory / "answers.npz", images=images, texts=texts)


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
make(folder)
answers(folder, Path(sys.argv[2]))
