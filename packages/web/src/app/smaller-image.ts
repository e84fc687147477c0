/** Large pictures made smaller before they are sent: models look at no more than this, and some refuse what is larger. */

const bytesMax = 3_500_000;
const edgeMax = 2_048;
const quality = 0.9;
const shrinkable = ['image/png', 'image/jpeg', 'image/webp'];

/** The same file where it is small enough, no picture, or cannot be read here: the server says what is wrong with it. */
export async function smallerImage(file: File): Promise<File> {
  if (file.size <= bytesMax || !shrinkable.includes(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, edgeMax / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    return blob.size < file.size ? new File([blob], nameFor(file.name), { type: blob.type }) : file;
  } catch {
    return file;
  }
}

const nameFor = (name: string): string => `${name.replace(/\.\w+$/, '')}.jpg`;
