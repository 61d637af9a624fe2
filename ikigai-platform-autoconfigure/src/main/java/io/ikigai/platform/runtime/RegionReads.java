package io.ikigai.platform.runtime;

import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.cache.CacheStatus.Reads;

/**
 * Counts what came of the reads of a region. Safe for use by several threads.
 */
final class RegionReads {

	private final LongAdder hits = new LongAdder();

	private final LongAdder nearHits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	void read(int keys, int found) {
		this.hits.add(found);
		this.misses.add(keys - found);
	}

	void foundNear() {
		this.nearHits.increment();
	}

	Reads counts() {
		return new Reads(this.hits.sum(), this.nearHits.sum(), this.misses.sum());
	}

}
