import jsQR from 'jsqr';
import type { Page } from 'playwright-core';

/** Squares of a code, light ones false. */
export type Squares = readonly (readonly boolean[])[];

const side = 4;

/** What a camera reads of squares; null where it finds no code. */
export function readQr(squares: Squares): string | null {
  const [width, height] = [(squares[0]?.length ?? 0) * side, squares.length * side];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (squares[Math.floor(y / side)]?.[Math.floor(x / side)] === true) {
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
      }
    }
  }
  return readPixels(pixels, width, height);
}

interface Picture {
  readonly pixels: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** The same of a picture; an empty page opens it. */
export async function readPicture(page: Page, png: Buffer): Promise<string | null> {
  const { pixels, width, height } = await page.evaluate<Picture>(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (character) => character.charCodeAt(0));
    const { width, height, drawing } = await createImageBitmap(new Blob([bytes])).then((image) => {
      const drawing = new OffscreenCanvas(image.width, image.height).getContext('2d');
      drawing.drawImage(image, 0, 0);
      return { width: image.width, height: image.height, drawing };
    });
    return { pixels: [...drawing.getImageData(0, 0, width, height).data], width, height };
  })()`);
  return readPixels(Uint8ClampedArray.from(pixels), width, height);
}

function readPixels(pixels: Uint8ClampedArray, width: number, height: number): string | null {
  return jsQR.default(pixels, width, height)?.data ?? null;
}
