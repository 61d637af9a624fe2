package io.ikigai.platform.nats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ikigai.platform.mailbox.FailedAttempt;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a mailbox, and what happened to those of its messages that were handed out. A
 * message that is in none of the lists, and lies behind the position, is yet to be handed
 * out.
 *
 * @param write what this version is known by to who wrote it
 * @param holder the process that received last, or {@code -}
 * @param leaseMillis how long after the time of this entry its lease ends
 * @param position the last message that was ever handed out
 * @param items messages that are handed out, or were and come again, in order
 * @param gone messages that are read, and may not be deleted yet
 */
record MailboxState(String write, String holder, long leaseMillis, long position, List<Item> items, List<Gone> gone) {

	static final MailboxState EMPTY = new MailboxState("-", "-", 0, 0, List.of(), List.of());

	MailboxState {
		items = List.copyOf(items);
		gone = List.copyOf(gone);
	}

	boolean handedOut() {
		return this.items.stream().anyMatch(Item::isHandedOut);
	}

	boolean has(long seq, long handOut) {
		return this.items.stream().anyMatch((item) -> item.seq == seq && item.handOut == handOut);
	}

	List<Item> given() {
		return this.items.stream().filter((item) -> !item.isHandedOut()).toList();
	}

	MailboxState with(String write) {
		return new MailboxState(write, this.holder, this.leaseMillis, this.position, this.items, this.gone);
	}

	MailboxState withLease(long millis) {
		return new MailboxState(this.write, this.holder, millis, this.position, this.items, this.gone);
	}

	MailboxState withGone(List<Gone> gone) {
		return new MailboxState(this.write, this.holder, this.leaseMillis, this.position, this.items, gone);
	}

	MailboxState withItems(List<Item> items) {
		return new MailboxState(this.write, this.holder, this.leaseMillis, this.position, items, this.gone);
	}

	/**
	 * Hands messages out. They are those that were given back, as far as they are there
	 * and due, and then new ones.
	 */
	MailboxState handOut(String holder, long leaseMillis, List<Item> out, List<Item> lost) {
		List<Long> changed = Stream.concat(out.stream(), lost.stream()).map(Item::seq).toList();
		List<Item> all = Stream.concat(this.items.stream().filter((item) -> !changed.contains(item.seq)), out.stream())
			.sorted((one, other) -> Long.compare(one.seq, other.seq))
			.toList();
		long last = out.stream().mapToLong(Item::seq).max().orElse(0);
		return new MailboxState(this.write, holder, leaseMillis, Math.max(this.position, last), all, this.gone);
	}

	/**
	 * Makes a message read.
	 */
	MailboxState finish(long seq, @Nullable String error) {
		return withItems(this.items.stream().filter((item) -> item.seq != seq).toList())
			.withGone(Stream.concat(this.gone.stream(), Stream.of(new Gone(seq, error))).toList());
	}

	/**
	 * Gives back what was handed out from a message on.
	 * @param failure the attempt that counts against that message, or {@code null}
	 * @param due when it may be handed out again
	 */
	MailboxState giveBack(long from, @Nullable FailedAttempt failure, long due) {
		boolean laterSeen = failure != null && failure.laterSeen();
		List<Item> kept = new ArrayList<>();
		String givenUp = null;
		for (Item item : this.items) {
			if (!item.isHandedOut() || item.seq < from) {
				kept.add(item);
			}
			else if (item.seq > from || failure == null) {
				kept.add(new Item(item.seq, laterSeen ? item.attempt : item.attempt - 1, item.failures, 0, 0));
			}
			else if (item.failures + 1 < failure.maxAttempts()) {
				kept.add(new Item(item.seq, item.attempt, item.failures + 1, 0, due));
			}
			else {
				givenUp = (failure.error() != null) ? failure.error() : "Given up after " + (item.failures + 1)
						+ " attempts: it was released, or the lease ended or the receiver died";
			}
		}
		MailboxState state = withItems(kept);
		return (givenUp != null)
				? state.withGone(Stream.concat(this.gone.stream(), Stream.of(new Gone(from, givenUp))).toList())
				: state;
	}

	/**
	 * Gives back, uncounted, what was handed out and is not in somebody's hands.
	 */
	MailboxState giveBackUnknown(LongPredicate known) {
		return withItems(this.items.stream()
			.map((item) -> (item.isHandedOut() && !known.test(item.handOut))
					? new Item(item.seq, item.attempt - 1, item.failures, 0, 0) : item)
			.toList());
	}

	byte[] toBytes() {
		String first = this.write + " " + this.holder + " " + this.leaseMillis + " " + this.position;
		Stream<String> items = this.items.stream()
			.map((item) -> "i " + item.seq + " " + item.attempt + " " + item.failures + " " + item.handOut + " "
					+ item.due);
		Stream<String> gone = this.gone.stream()
			.map((each) -> "g " + each.seq + ((each.error != null) ? " " + encoded(each.error) : ""));
		return Stream.of(Stream.of(first), items, gone)
			.flatMap((lines) -> lines)
			.collect(Collectors.joining("\n"))
			.getBytes(StandardCharsets.UTF_8);
	}

	private static String encoded(String error) {
		return "=" + Base64.getEncoder().encodeToString(error.getBytes(StandardCharsets.UTF_8));
	}

	static MailboxState of(byte[] bytes) {
		String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n");
		String[] first = lines[0].split(" ");
		List<Item> items = new ArrayList<>();
		List<Gone> gone = new ArrayList<>();
		for (int i = 1; i < lines.length; i++) {
			String[] line = lines[i].split(" ");
			if (line[0].equals("i")) {
				items.add(new Item(Long.parseLong(line[1]), Integer.parseInt(line[2]), Integer.parseInt(line[3]),
						Long.parseLong(line[4]), Long.parseLong(line[5])));
			}
			else {
				gone.add(new Gone(Long.parseLong(line[1]), (line.length > 2) ? decoded(line[2]) : null));
			}
		}
		return new MailboxState(first[0], first[1], Long.parseLong(first[2]), Long.parseLong(first[3]), items, gone);
	}

	private static String decoded(String error) {
		return new String(Base64.getDecoder().decode(error.substring(1)), StandardCharsets.UTF_8);
	}

	/**
	 * A message that is, or was, handed out.
	 *
	 * @param seq its place in the stream
	 * @param attempt how often it was handed out
	 * @param failures how many of them count against it
	 * @param handOut what the hand-out is known by; 0 if it was given back
	 * @param due when it may be handed out again, in milliseconds by the server's clock
	 */
	record Item(long seq, int attempt, int failures, long handOut, long due) {

		boolean isHandedOut() {
			return this.handOut != 0;
		}

	}

	/**
	 * A message that is read.
	 *
	 * @param seq its place in the stream
	 * @param error why it was given up, or {@code null} if it was acknowledged
	 */
	record Gone(long seq, @Nullable String error) {
	}

}
