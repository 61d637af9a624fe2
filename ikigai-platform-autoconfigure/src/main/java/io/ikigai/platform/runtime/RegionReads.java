package io.ikigai.platform.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.cache.CacheStatus.Reads;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts what came of the reads of a region. Safe for use by several threads.
 */
final class RegionReads {

	private static final Log logger = LogFactory.getLog(RegionReads.class);

	private final AtomicBoolean toldUnreadable = new AtomicBoolean();

	private final AtomicBoolean toldNotKept = new AtomicBoolean();

	private final LongAdder hits = new LongAdder();

	private final LongAdder nearHits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	void read(int keys, int found) {
		this.hits.add(found);
		this.misses.add(keys - found);
	}

	/** Takes back a hit: what was found could not be read. */
	void unreadable(String region, String key, RuntimeException reason) {
		this.hits.decrement();
		this.misses.increment();
		tell(this.toldUnreadable, "Cache key '" + key + "' of region '" + region
				+ "' holds a value that cannot be read, which counts as a miss", reason);
	}

	void notKept(String region, String key, RuntimeException reason) {
		tell(this.toldNotKept, "The value of cache key '" + key + "' of region '" + region + "' is not kept", reason);
	}

	private static void tell(AtomicBoolean told, String what, RuntimeException reason) {
		if (told.compareAndSet(false, true)) {
			logger.warn(what + ". Further ones of this region are logged at level debug. " + reason.getMessage(),
					reason);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug(what, reason);
		}
	}

	void foundNear() {
		this.nearHits.increment();
	}

	Reads counts() {
		return new Reads(this.hits.sum(), this.nearHits.sum(), this.misses.sum());
	}

}
