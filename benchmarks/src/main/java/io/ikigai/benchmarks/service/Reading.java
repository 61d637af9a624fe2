package io.ikigai.benchmarks.service;

/**
 * A small payload.
 *
 * @param sensor where it comes from
 * @param sequence which one
 * @param celsius the value
 * @param note some text
 */
public record Reading(String sensor, long sequence, double celsius, String note) {

	static Reading of(long sequence) {
		return new Reading("boiler-7", sequence, 61.5, "x".repeat(50));
	}

	static String json(long sequence) {
		return "{\"sensor\":\"boiler-7\",\"sequence\":%d,\"celsius\":61.5,\"note\":\"%s\"}".formatted(sequence,
				"x".repeat(50));
	}

}
