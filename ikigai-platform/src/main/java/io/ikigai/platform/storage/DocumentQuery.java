package io.ikigai.platform.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Which documents of a collection, in which order. Immutable: each method returns a copy.
 * <pre>{@code
 * DocumentQuery.all().where("state", Op.EQ, "down").and("checks.last", Op.GE, 3).orderBy("url", true).limit(50)
 * }</pre> Conditions are combined from left to right, each with all before it; a group is
 * written as a query of its own.
 */
public final class DocumentQuery {

	private static final DocumentQuery ALL = new DocumentQuery(null, List.of(), 100, null);

	private final @Nullable Condition condition;

	private final List<Order> order;

	private final int limit;

	private final @Nullable StoredDocument<?> after;

	private DocumentQuery(@Nullable Condition condition, List<Order> order, int limit,
			@Nullable StoredDocument<?> after) {
		this.condition = condition;
		this.order = order;
		this.limit = limit;
		this.after = after;
	}

	/**
	 * Returns the query for all documents, by id, the first 100.
	 * @return the query
	 */
	public static DocumentQuery all() {
		return ALL;
	}

	/**
	 * Adds a condition, which must hold with those before.
	 * @param path the path, such as {@code certificate.expires}, as {@link FieldPath}
	 * describes it
	 * @param op how to compare
	 * @param value what to compare with
	 * @return a copy
	 * @throws IllegalArgumentException if the path is malformed or the value does not go
	 * with the operator
	 */
	public DocumentQuery where(String path, Op op, @Nullable Object value) {
		return and(path, op, value);
	}

	/**
	 * Adds a condition, which must hold with those before.
	 * @param path the path
	 * @param op how to compare
	 * @param value what to compare with
	 * @return a copy
	 */
	public DocumentQuery and(String path, Op op, @Nullable Object value) {
		return with(join(new Comparison(path, op, value), true));
	}

	/**
	 * Adds a group of conditions, which must hold with those before.
	 * @param group the group; only its conditions count
	 * @return a copy
	 */
	public DocumentQuery and(DocumentQuery group) {
		return (group.condition != null) ? with(join(group.condition, true)) : this;
	}

	/**
	 * Adds a condition that may hold instead of those before.
	 * @param path the path
	 * @param op how to compare
	 * @param value what to compare with
	 * @return a copy
	 */
	public DocumentQuery or(String path, Op op, @Nullable Object value) {
		return with(join(new Comparison(path, op, value), false));
	}

	/**
	 * Adds a group of conditions that may hold instead of those before.
	 * @param group the group; only its conditions count
	 * @return a copy
	 */
	public DocumentQuery or(DocumentQuery group) {
		return (group.condition != null) ? with(join(group.condition, false)) : this;
	}

	/**
	 * Adds a condition that must not hold.
	 * @param path the path
	 * @param op how to compare
	 * @param value what to compare with
	 * @return a copy
	 */
	public DocumentQuery not(String path, Op op, @Nullable Object value) {
		return with(join(new Negation(new Comparison(path, op, value)), true));
	}

	/**
	 * Adds a group of conditions that must not hold together.
	 * @param group the group; only its conditions count
	 * @return a copy
	 */
	public DocumentQuery not(DocumentQuery group) {
		return (group.condition != null) ? with(join(new Negation(group.condition), true)) : this;
	}

	/**
	 * Orders by the value at a path: numbers, text by code point, false, true, arrays,
	 * objects, or the other way round; what is missing or null is last either way.
	 * Further calls order what is equal, and the id decides last.
	 * @param path the path
	 * @param ascending whether the smallest comes first
	 * @return a copy
	 */
	public DocumentQuery orderBy(String path, boolean ascending) {
		List<Order> copy = new ArrayList<>(this.order);
		copy.add(new Order(path, ascending));
		return new DocumentQuery(this.condition, List.copyOf(copy), this.limit, this.after);
	}

	/**
	 * Sets how many documents at most.
	 * @param limit from 1 to 10,000; by default 100
	 * @return a copy
	 */
	public DocumentQuery limit(int limit) {
		if (limit < 1 || limit > 10_000) {
			throw new IllegalArgumentException("limit must be from 1 to 10000, not " + limit);
		}
		return new DocumentQuery(this.condition, this.order, limit, this.after);
	}

	/**
	 * Begins after a document, the last of the page before (keyset paging). Where it
	 * stands follows from its stored value; if that has changed since, from what was
	 * read, and a document whose type lacks a field of the order is then refused.
	 * @param document the document
	 * @return a copy
	 */
	public DocumentQuery after(StoredDocument<?> document) {
		return new DocumentQuery(this.condition, this.order, this.limit, document);
	}

	/**
	 * Returns the condition.
	 * @return the condition, if there is one
	 */
	public @Nullable Condition condition() {
		return this.condition;
	}

	/**
	 * Returns the order.
	 * @return the order, unmodifiable
	 */
	public List<Order> order() {
		return this.order;
	}

	/**
	 * Returns how many documents at most.
	 * @return the limit
	 */
	public int limit() {
		return this.limit;
	}

	/**
	 * Returns the document after which to begin.
	 * @return the document, if there is one
	 */
	public @Nullable StoredDocument<?> after() {
		return this.after;
	}

	private DocumentQuery with(Condition condition) {
		return new DocumentQuery(condition, this.order, this.limit, this.after);
	}

	private Condition join(Condition added, boolean and) {
		return (this.condition != null) ? new Junction(and, this.condition, added) : added;
	}

	/**
	 * What must hold for a document.
	 */
	public sealed interface Condition {

	}

	/**
	 * A comparison of the value at a path.
	 *
	 * @param path the path, as {@link FieldPath#toString()} writes it
	 * @param op how to compare
	 * @param value what to compare with
	 */
	public record Comparison(String path, Op op, @Nullable Object value) implements Condition {

		/**
		 * Checks path and value.
		 * @param path the path
		 * @param op how to compare
		 * @param value what to compare with
		 */
		public Comparison {
			path = FieldPath.parse(path).toString();
			Objects.requireNonNull(op, "op");
			if (op == Op.IN && !(value instanceof Iterable<?>)) {
				throw new IllegalArgumentException("IN at '" + path + "' needs a collection of values");
			}
			if (op == Op.EXISTS && !(value instanceof Boolean)) {
				throw new IllegalArgumentException("EXISTS at '" + path + "' needs true or false");
			}
		}

	}

	/**
	 * Two conditions together.
	 *
	 * @param and whether both must hold, or one of them
	 * @param left the first
	 * @param right the second
	 */
	public record Junction(boolean and, Condition left, Condition right) implements Condition {
	}

	/**
	 * A condition that must not hold.
	 *
	 * @param condition the condition
	 */
	public record Negation(Condition condition) implements Condition {
	}

	/**
	 * One step of the order.
	 *
	 * @param path the path, as {@link FieldPath#toString()} writes it
	 * @param ascending whether the smallest comes first
	 */
	public record Order(String path, boolean ascending) {

		/**
		 * Checks the path.
		 * @param path the path
		 * @param ascending whether the smallest comes first
		 */
		public Order {
			path = FieldPath.parse(path).toString();
		}

	}

}
