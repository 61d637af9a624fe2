package io.ikigai.platform;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The tokens by which a backend may have handed out messages to this process in answers
 * that never arrived. The next receive takes such messages back first; otherwise they
 * would come after all later ones, when their lease ends. Remembers 100 tokens of a
 * mailbox and 10,000 mailboxes; what is beyond that comes when its lease ends. Safe for
 * use by several threads.
 */
public final class UnansweredReceives {

	private static final int MOST_TOKENS = 100;

	private final Map<String, Set<UUID>> tokens = new ConcurrentHashMap<>();

	/**
	 * Creates an empty memory.
	 */
	public UnansweredReceives() {
	}

	/**
	 * Remembers receives of which nothing is known.
	 * @param mailbox the mailbox's name
	 * @param tokens the tokens that they gave to the backend
	 */
	public void add(String mailbox, Collection<UUID> tokens) {
		this.tokens.compute(mailbox, (name, present) -> added(present, tokens));
	}

	private @Nullable Set<UUID> added(@Nullable Set<UUID> present, Collection<UUID> tokens) {
		if (present == null && (tokens.isEmpty() || this.tokens.size() >= KnownNames.LIMIT)) {
			return null;
		}
		Set<UUID> all = (present != null) ? present : new LinkedHashSet<>();
		tokens.stream().limit(MOST_TOKENS - all.size()).forEach(all::add);
		return all;
	}

	/**
	 * Returns the tokens of a mailbox and forgets them. If the receive that takes back
	 * what they stand for fails, the caller adds them again.
	 * @param mailbox the mailbox's name
	 * @return the tokens
	 */
	public List<UUID> take(String mailbox) {
		Set<UUID> taken = this.tokens.remove(mailbox);
		return (taken != null) ? new ArrayList<>(taken) : List.of();
	}

}
