package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.benchmarks.service.CacheContestants;
import io.ikigai.benchmarks.service.Measured;
import io.ikigai.benchmarks.service.PeerServer;
import org.jspecify.annotations.Nullable;

/**
 * The cache beside a read by the primary key, Redis and Caffeine.
 */
final class CacheWorkloads implements WorkloadGroup {

	private static final String GET = "cache get, 8 threads";

	private static final String NEAR = "near cache hit, 8 threads";

	private static final String REDIS = "Redis, Lettuce sync";

	@Override
	public String name() {
		return "cache";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (Services services = new Services(run, "cache");
				CacheContestants caches = new CacheContestants(services.url(), services.arguments());
				PeerServer redis = PeerServer.present("redis-server") ? PeerServer.redis() : null) {
			for (int threads : new int[] { 1, 8 }) {
				String suffix = (threads == 1) ? ", 1 thread" : ", 8 threads";
				measure(run, redis, "cache get" + suffix, false, threads,
						new Measured(Results.OURS, () -> caches.get(threads)),
						new Measured("ikigai, a record", () -> caches.getRecord(threads)),
						new Measured("raw SQL", () -> caches.select(threads)), caches);
				measure(run, redis, "cache set" + suffix, true, threads,
						new Measured(Results.OURS, () -> caches.set(threads)), null,
						new Measured("raw SQL", () -> caches.upsert(threads)), caches);
				run.measure(new Workload("near cache hit" + suffix, "reads/s"),
						List.of(new Measured(Results.OURS, () -> caches.near(threads)),
								new Measured("Caffeine", () -> caches.caffeine(threads))),
						Measured::measure);
			}
		}
	}

	private static void measure(BenchmarkRun run, @Nullable PeerServer redis, String what, boolean writing, int threads,
			Measured ours, @Nullable Measured record, Measured raw, CacheContestants caches) {
		Workload workload = new Workload(what, "operations/s");
		List<Measured> contestants = new ArrayList<>(List.of(ours, raw));
		if (record != null) {
			contestants.add(record);
		}
		if (redis != null) {
			contestants.add(new Measured(REDIS, () -> caches.redis(redis, threads, writing)));
		}
		run.measure(workload, contestants, Measured::measure);
		if (redis == null) {
			run.note(workload, REDIS, "not run: there is no redis-server on the PATH");
		}
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(0.8, GET, "raw SQL"), Goal.timesAs(1, GET, REDIS),
				Goal.timesAs(0.5, NEAR, "Caffeine"));
	}

}
