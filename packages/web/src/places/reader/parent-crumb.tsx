/** The way back from a sub-agent to the session that started it, before its own title. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, CornerLeftUp } from 'lucide-react';
import { useIsPhone } from '../../app/media.js';
import { sessionQuery } from '../../app/queries.js';

export function ParentCrumb({ id }: { id: string }) {
  const isPhone = useIsPhone();
  const title = useQuery(sessionQuery(id)).data?.title ?? 'The session that started it';
  if (isPhone) {
    return (
      <Link to="/s/$id" params={{ id }} className="ph-icon" aria-label={`Back to ${title}`}>
        <CornerLeftUp className="icon" aria-hidden="true" />
      </Link>
    );
  }
  return (
    <nav className="crumb" aria-label="Started by">
      <Link to="/s/$id" params={{ id }} className="link trunc" title={title}>
        {title}
      </Link>
      <ChevronRight className="icon-s ink3" aria-hidden="true" />
    </nav>
  );
}
