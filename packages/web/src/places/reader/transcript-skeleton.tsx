/** Where the transcript will stand while it loads. */
import { Skeleton } from '../../parts/states.js';

const lines = ['62%', '40%', '84%', '76%', '30%', '52%', '90%', '44%'];

export function TranscriptSkeleton() {
  return (
    <div className="scroll pt-3" aria-busy="true">
      <div className="log">
        <div className="g" />
        <div className="c">
          <Skeleton width="100%" height={40} />
          {lines.map((width) => (
            <div key={width} className="py-3">
              <Skeleton width={width} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
