package io.ikigai.platform.cache;

import java.util.Map;

/**
 * How the cache fares in this process. Counts are since the start. Safe for use by
 * several threads.
 */
public interface CacheStatus {

	/**
	 * Returns what came of the reads of each region that was read.
	 * @return the counts by the region's name
	 */
	Map<String, Reads> reads();

	/**
	 * What came of reads, of which each key is one.
	 *
	 * @param hits how many found a value in the backend
	 * @param nearHits how many found a value that was kept near
	 * @param misses how many found none
	 */
	record Reads(long hits, long nearHits, long misses) {
	}

}
