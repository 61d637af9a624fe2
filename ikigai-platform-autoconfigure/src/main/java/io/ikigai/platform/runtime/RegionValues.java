package io.ikigai.platform.runtime;

import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Supplier;

import io.ikigai.platform.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * The values of a region to JSON and back.
 */
final class RegionValues {

	private final String region;

	private final PayloadJson json;

	private final RegionReads reads;

	RegionValues(String region, PayloadJson json, RegionReads reads) {
		this.region = region;
		this.json = json;
		this.reads = reads;
	}

	/**
	 * Reads what was counted as found; if it does not fit, it was a miss.
	 */
	<T> T read(String key, String json, Type type) {
		try {
			return this.json.read("cache key '" + key + "' of region '" + this.region + "'", json, type);
		}
		catch (PayloadException ex) {
			this.reads.unreadable(this.region, key, ex);
			throw ex;
		}
	}

	/**
	 * Reads a value that is a miss if it does not fit, which is counted and told where it
	 * is read.
	 */
	static <T> Optional<T> orMiss(Supplier<Optional<T>> read) {
		try {
			return read.get();
		}
		catch (PayloadException ex) {
			return Optional.empty();
		}
	}

	boolean isReadable(String key, String json, Type type) {
		try {
			this.json.read("cache key '" + key + "'", json, type);
			return true;
		}
		catch (PayloadException ex) {
			return false;
		}
	}

	String write(String key, Object value) {
		String written = this.json.write("cache entry", value);
		if (written.equals("null")) {
			throw new IllegalArgumentException("The value of cache key '" + key + "', a " + value.getClass().getName()
					+ ", is null as JSON, which is not a value");
		}
		return written;
	}

	/**
	 * Writes a value that is known to be read back as it is.
	 */
	String writeRestorable(String key, Object value, Type type) {
		String written = write(key, value);
		if (Restorable.isDoubtful(type, value)) {
			Object back = this.json.read("cache key '" + key + "'", written, type);
			if (!Restorable.isSame(type, value, back)) {
				throw new PayloadException("A " + value.getClass().getName() + " is read back as "
						+ back.getClass().getName() + ", for its type is only known as " + type.getTypeName()
						+ ". Let the method return a class that Jackson can read, such as a record", null);
			}
		}
		return written;
	}

	/**
	 * Writes a loaded value; one that cannot be kept goes to those that wait as it is.
	 */
	String writeOrHandOver(String key, @Nullable Object value, Type type) {
		if (value == null) {
			throw new NotKept(null);
		}
		try {
			return writeRestorable(key, value, type);
		}
		catch (IllegalArgumentException ex) {
			this.reads.notKept(this.region, key, ex);
			throw new NotKept(value);
		}
	}

}
