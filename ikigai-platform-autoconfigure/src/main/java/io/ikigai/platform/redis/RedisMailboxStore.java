package io.ikigai.platform.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.KnownNames;
import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.UnansweredReceives;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageInfo;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Mailboxes on Redis, each in keys of one slot and changed by scripts. A message that is
 * handed out bears a token; the process that received last holds the mailbox while there
 * are such messages and its lease has not ended.
 */
final class RedisMailboxStore implements MailboxStore, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisMailboxStore.class);

	private static final String REPLIES = "ikigai-reply-";

	private static final Duration REPLY_LIFE = Duration.ofDays(1);

	private static final FailedAttempt NONE = new FailedAttempt(null, Integer.MAX_VALUE, Duration.ZERO, false);

	private final StringRedisTemplate redis;

	private final String agent;

	private final String instance;

	private final Duration retention;

	private final MailboxNames names;

	private final MailboxWakeups wakeups;

	/** The mailboxes that this process may hold. */
	private final Set<String> held = ConcurrentHashMap.newKeySet();

	private final UnansweredReceives unanswered = new UnansweredReceives();

	/**
	 * Creates the store.
	 * @param redis where it is
	 * @param channels the channels
	 * @param agent who reads
	 * @param instance this process
	 * @param retention how long read messages are kept
	 */
	RedisMailboxStore(StringRedisTemplate redis, RedisChannels channels, String agent, UUID instance,
			Duration retention) {
		this.redis = redis;
		this.agent = agent;
		this.instance = instance.toString();
		this.retention = retention;
		this.names = new MailboxNames(redis);
		this.wakeups = new MailboxWakeups(channels);
	}

	private long number(MailboxScripts<Long> script, String mailbox, Object... arguments) {
		return Objects.requireNonNull(script.run(this.redis, mailbox, arguments));
	}

	private long retention(String mailbox) {
		return mailbox.startsWith(REPLIES) ? 0 : this.retention.toMillis();
	}

	@Override
	public void add(String mailbox, NewMessage message) {
		boolean reply = mailbox.startsWith(REPLIES);
		if (!reply) {
			this.names.add(mailbox);
		}
		List<Object> args = new ArrayList<>(List.of(message.id(), reply ? REPLY_LIFE.toMillis() : 0, "sender",
				message.sender(), "payload", message.json()));
		if (!message.options().headers().isEmpty()) {
			args.add("headers");
			args.add(HeaderText.write(message.options().headers()));
		}
		String replyTo = message.options().replyTo();
		if (replyTo != null) {
			args.addAll(List.of("replyTo", replyTo));
		}
		String correlationId = message.options().correlationId();
		if (correlationId != null) {
			args.addAll(List.of("correlationId", correlationId));
		}
		number(MailboxScripts.ADD, mailbox, args.toArray());
	}

	@Override
	public List<MessageReceipt> receive(String mailbox, int max, Duration lease, int maxAttempts) {
		UUID token = UUID.randomUUID();
		List<UUID> unanswered = this.unanswered.take(mailbox);
		List<Object> args = new ArrayList<>(
				List.of(this.instance, max, lease.toMillis(), maxAttempts, token, this.agent, retention(mailbox)));
		args.addAll(unanswered);
		List<?> result;
		try {
			result = Objects.requireNonNull(MailboxScripts.RECEIVE.run(this.redis, mailbox, args.toArray()));
		}
		catch (RuntimeException ex) {
			this.unanswered.add(mailbox, unanswered);
			this.unanswered.add(mailbox, List.of(token));
			throw ex;
		}
		long lookAgain = (Long) result.get(0);
		if (lookAgain >= 0) {
			this.wakeups.wakeIn(mailbox, lookAgain);
		}
		if (result.size() > 1 && this.held.size() < KnownNames.LIMIT) {
			this.held.add(mailbox);
		}
		return result.subList(1, result.size()).stream().map((row) -> receipt(mailbox, token, (List<?>) row)).toList();
	}

	private static MessageReceipt receipt(String mailbox, UUID token, List<?> row) {
		StoredHeaders headers = HeaderText.read(text(row, 6));
		long micros = Long.parseLong(required(row, 3));
		return new MessageReceipt(UUID.fromString(required(row, 0)), token, mailbox, required(row, 1), required(row, 2),
				Integer.parseInt(required(row, 4)), Integer.parseInt(required(row, 5)), headers.headers(), text(row, 7),
				text(row, 8), instant(micros), headers.flaw());
	}

	private static Instant instant(long micros) {
		return Instant.ofEpochSecond(micros / 1_000_000, TimeUnit.MICROSECONDS.toNanos(micros % 1_000_000));
	}

	private static @Nullable String text(List<?> row, int index) {
		return (String) row.get(index);
	}

	private static String required(List<?> row, int index) {
		return Objects.requireNonNull((String) row.get(index));
	}

	@Override
	public boolean beginSettling(MessageReceipt message, Duration lease) {
		return number(MailboxScripts.MINE, message.mailbox(), message.id(), message.token()) == 1;
	}

	@Override
	public boolean finish(MessageReceipt message, @Nullable String error) {
		List<Object> args = new ArrayList<>(
				List.of(message.id(), message.token(), this.agent, retention(message.mailbox())));
		if (error != null) {
			args.add(error);
		}
		return number(MailboxScripts.FINISH, message.mailbox(), args.toArray()) == 1;
	}

	@Override
	public ReleaseResult release(MessageReceipt message, @Nullable FailedAttempt failure) {
		FailedAttempt given = (failure != null) ? failure : NONE;
		List<Object> args = new ArrayList<>(List.of(message.id(), message.token(), this.agent,
				retention(message.mailbox()), (failure != null) ? 1 : 0, given.maxAttempts(), given.pause().toMillis(),
				given.laterSeen() ? 1 : 0));
		if (given.error() != null) {
			args.add(given.error());
		}
		long released = number(MailboxScripts.RELEASE, message.mailbox(), args.toArray());
		if (released == 0) {
			return ReleaseResult.STALE;
		}
		return (released == 2) ? ReleaseResult.GIVEN_UP : ReleaseResult.AGAIN;
	}

	@Override
	public void handOver(String mailbox) {
		if (number(MailboxScripts.HAND_OVER, mailbox) == 1) {
			this.held.remove(mailbox);
		}
	}

	@Override
	public void extend(Collection<String> mailboxes, Duration lease) {
		mailboxes.forEach((mailbox) -> number(MailboxScripts.EXTEND, mailbox, this.instance, lease.toMillis()));
	}

	@Override
	public long unread(String mailbox) {
		Long unread = this.redis.opsForZSet().zCard(MailboxScripts.prefix(mailbox) + "unread");
		return (unread != null) ? unread : 0;
	}

	@Override
	public List<MessageInfo> list(String mailbox, int limit) {
		List<?> rows = Objects.requireNonNull(MailboxScripts.LIST.run(this.redis, mailbox, limit));
		return rows.stream().map((row) -> info(mailbox, (List<?>) row)).toList();
	}

	private static MessageInfo info(String mailbox, List<?> row) {
		StoredHeaders headers = HeaderText.read(text(row, 3));
		String readAt = text(row, 8);
		String error = text(row, 10);
		if (headers.flaw() != null && (error == null || !error.contains(headers.flaw()))) {
			error = (error != null) ? error + "\n" + headers.flaw() : headers.flaw();
		}
		String payload = text(row, 2);
		return new MessageInfo(UUID.fromString(required(row, 0)), mailbox, required(row, 1),
				(payload != null) ? payload : "", headers.headers(), text(row, 4), text(row, 5),
				Integer.parseInt(required(row, 6)), instant(Long.parseLong(required(row, 7))),
				(readAt != null) ? Instant.ofEpochMilli(Long.parseLong(readAt)) : null, text(row, 9), error);
	}

	@Override
	public Optional<MailboxConsumer> consumer(String mailbox) {
		List<?> holder = Objects.requireNonNull(MailboxScripts.HOLDER.run(this.redis, mailbox));
		return holder.isEmpty() ? Optional.empty() : Optional.of(new MailboxConsumer(required(holder, 0),
				required(holder, 2).equals("1"), Instant.ofEpochMilli(Long.parseLong(required(holder, 1)))));
	}

	@Override
	public List<String> mailboxes() {
		return this.names.list();
	}

	@Override
	public AutoCloseable onMessage(String mailbox, Runnable wake) {
		return this.wakeups.add(mailbox, wake);
	}

	/**
	 * Ends the leases of this process, so that others need not wait for their end.
	 */
	@Override
	public void close() {
		this.wakeups.close();
		try {
			for (String mailbox : this.held) {
				number(MailboxScripts.LEAVE, mailbox, this.instance);
				this.held.remove(mailbox);
			}
		}
		catch (RuntimeException ex) {
			logger.info("Could not leave the mailboxes " + this.held + "; others take over when the leases end: "
					+ ex.getMessage());
			this.held.clear();
		}
	}

	/**
	 * Headers as one text: names and values, which hold no NUL, each followed by one.
	 */
	private static final class HeaderText {

		static String write(Map<String, String> headers) {
			StringBuilder text = new StringBuilder();
			new TreeMap<>(headers).forEach((name, value) -> text.append(name).append('\0').append(value).append('\0'));
			return text.toString();
		}

		static StoredHeaders read(@Nullable String text) {
			if (text == null) {
				return new StoredHeaders(Map.of(), null);
			}
			Map<String, String> headers = new TreeMap<>();
			String[] parts = text.split("\0", -1);
			for (int i = 0; i + 1 < parts.length; i += 2) {
				headers.put(parts[i], parts[i + 1]);
			}
			boolean whole = text.isEmpty() || (parts.length % 2 == 1 && parts[parts.length - 1].isEmpty());
			return new StoredHeaders(headers, whole ? null : "Unreadable headers: they are cut off");
		}

	}

}
