package io.ikigai.platform.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * Reads many rows with JSON so that it takes no more memory than is bearable, however
 * much there is: a statement for many rows reads those that are small
 * ({@link #each(int)}), and this reads the others, a few at a time, until there is no
 * more room. Safe for use by several threads.
 *
 * @param <R> what a row is read as
 */
final class LargeRows<R> {

	/** How many bytes a call reads at most, apart from one row that is larger. */
	static final int ROOM = 32 * 1024 * 1024;

	private static final int GROWTH = 4;

	private final int largest;

	private final Reader<R> reader;

	private final Function<R, List<@Nullable String>> texts;

	/**
	 * Creates the reader.
	 * @param largest how large a text may be to be read at all, in bytes
	 * @param reader reads rows; a text that is too large is empty
	 * @param texts the texts of a row
	 */
	LargeRows(int largest, Reader<R> reader, Function<R, List<@Nullable String>> texts) {
		this.largest = largest;
		this.reader = reader;
		this.texts = texts;
	}

	/**
	 * Returns how large each text may be that a statement for some rows reads.
	 * @param rows how many rows
	 * @return a number of bytes
	 */
	int each(int rows) {
		return Math.min(this.largest, ROOM / Math.max(1, rows));
	}

	/**
	 * Tells whether a text was too large to be read: no JSON is empty.
	 */
	static boolean isTooLarge(@Nullable String text) {
		return "".equals(text);
	}

	/**
	 * Tells whether a row has a text that was too large to be read.
	 */
	boolean isLarge(R row) {
		return this.texts.apply(row).stream().anyMatch(LargeRows::isTooLarge);
	}

	/**
	 * Reads rows.
	 * @param ids the rows, in the order in which they are wanted
	 * @return the first ones, at least one; empty for those that are gone or that the
	 * server cannot read
	 * @throws DataAccessException if the database fails, other than by what a single row
	 * is
	 */
	Map<UUID, Optional<R>> read(List<UUID> ids) {
		Map<UUID, Optional<R>> read = new LinkedHashMap<>();
		long room = ROOM;
		int at = 0;
		int step = ids.size();
		while (at < ids.size() && room > 0) {
			List<UUID> part = ids.subList(at, Math.min(at + step, ids.size()));
			Map<UUID, R> rows = fetch(part);
			boolean fits = !rows.isEmpty() || part.size() == 1;
			while (fits && !part.isEmpty() && room > 0) {
				R row = rows.get(part.get(0));
				fits = row == null || !isLarge(row) || step == 1;
				if (fits) {
					read.put(part.get(0), Optional.ofNullable(row));
					room -= (row != null) ? size(row) : 0;
					part = part.subList(1, part.size());
					at++;
				}
			}
			step = fits ? 2 * step : Math.max(1, Math.min(step, ids.size()) / GROWTH);
		}
		return read;
	}

	private Map<UUID, R> fetch(List<UUID> ids) {
		try {
			return this.reader.read(ids, each(ids.size()));
		}
		catch (DataAccessException ex) {
			if (!PostgresErrors.isTooMuch(ex) || (ids.size() == 1 && !PostgresErrors.isTooLarge(ex))) {
				throw ex;
			}
			// Fewer of them may be readable. A single one is not readable at all
			return Map.of();
		}
	}

	private long size(R row) {
		return this.texts.apply(row).stream().mapToLong((text) -> (text != null) ? text.length() : 0).sum();
	}

	/**
	 * Reads rows with texts.
	 */
	@FunctionalInterface
	interface Reader<R> {

		/**
		 * Reads rows.
		 * @param ids their ids
		 * @param most how large a text may be; a larger one is read as an empty one
		 * @return the rows that there are
		 */
		Map<UUID, R> read(List<UUID> ids, int most);

	}

}
