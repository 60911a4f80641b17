/** Why a camera or microphone can't be used, in a word that ui/ has a sentence for. */
export type DeviceFault = "blocked" | "missing" | "busy" | "unsupported";

export interface Opened {
  readonly stream: MediaStream | null;
  readonly fault: DeviceFault | null;
}

const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };
const BLURRED = { backgroundBlur: { ideal: true } } as MediaTrackConstraints; // TypeScript doesn't know it yet
const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export interface Wanted {
  readonly camera?: boolean;
  readonly microphone?: boolean;
  readonly cameraId?: string | undefined;
  readonly microphoneId?: string | undefined;
  readonly blurred?: boolean;
}

/** Opens what is wanted. Never rejects: a fault is an answer too. */
export async function open(wanted: Wanted): Promise<Opened> {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: null, fault: "unsupported" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: wanted.camera ? { ...PICTURE, ...only(wanted.cameraId), ...(wanted.blurred && BLURRED) } : false,
      audio: wanted.microphone ? { ...SOUND, ...only(wanted.microphoneId) } : false,
    });
    return { stream, fault: null };
  } catch (error) {
    return { stream: null, fault: faultOf(error) };
  }
}

function only(id: string | undefined): MediaTrackConstraints {
  return id ? { deviceId: { exact: id } } : {};
}

export function faultOf(error: unknown): DeviceFault {
  switch ((error as { name?: string } | null)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "blocked";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "busy";
  }
}

/** The system's own effect, where browser and camera have it. */
interface Blurring {
  readonly backgroundBlur?: unknown;
}

/** Whether this camera can blur what is behind somebody, and lets the page switch it. */
export function canBlur(camera: MediaStreamTrack | null): boolean {
  const states = (camera?.getCapabilities?.() as Blurring | undefined)?.backgroundBlur;
  return Array.isArray(states) && states.includes(true) && states.includes(false);
}

export function isBlurred(camera: MediaStreamTrack | null): boolean {
  return (camera?.getSettings() as Blurring | undefined)?.backgroundBlur === true;
}

/** Asks for it; `isBlurred` tells what came of it. */
export async function blur(camera: MediaStreamTrack | null, on: boolean): Promise<void> {
  await camera?.applyConstraints({ ...camera.getConstraints(), backgroundBlur: on } as MediaTrackConstraints).catch(() => undefined);
}

export async function listed(): Promise<readonly MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
}

/**
 * How loud a track is, 0 to 1, told about twenty times a second until the returned function is called. Nothing is told
 * while the browser lets no page measure: that isn't silence.
 */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  void context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state !== "running") return;
    analyser.getByteTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
    tell(Math.min(1, Math.sqrt(sum / samples.length) * 4));
  }, 50);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Two soft tones; `gentle` is for a card that rises, the other for trying the speaker, at `speaker` where the browser can. */
export function chime(gentle: boolean, speaker = ""): void {
  const context = new AudioContext();
  const there = context as AudioContext & { setSinkId?(id: string): Promise<void> };
  if (speaker) void there.setSinkId?.(speaker).catch(() => undefined);
  const notes = gentle ? [523.25, 659.25] : [440, 554.37, 659.25];
  notes.forEach((pitch, n) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + n * 0.22;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(gentle ? 0.12 : 0.25, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.65);
  });
  setTimeout(() => void context.close(), 2_000);
}
