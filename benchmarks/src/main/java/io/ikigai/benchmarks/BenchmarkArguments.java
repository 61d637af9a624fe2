package io.ikigai.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param rounds how often each workload is measured, {@code --rounds=5}
 * @param tasks how many tasks a drain has, {@code --tasks=100000}; slow contestants get a
 * share of them
 * @param only the groups to measure, {@code --only=drain,pickup}; empty for all
 * @param directory where results, logs and the server's data go, {@code --directory}
 * @param properties properties of the platform, {@code --ikigai.x=y} or
 * {@code --spring.x=y}
 * @param command what was typed
 */
record BenchmarkArguments(int rounds, int tasks, List<String> only, Path directory, List<String> properties,
		String command) {

	/**
	 * Reads the arguments.
	 * @throws IllegalArgumentException if one of them is not known or has no fit value
	 */
	static BenchmarkArguments parse(String[] args, List<String> groups) {
		int rounds = 5;
		int tasks = 100_000;
		List<String> only = List.of();
		Path directory = Path.of("benchmarks/target");
		List<String> properties = new ArrayList<>();
		for (String argument : args) {
			int equals = argument.indexOf('=');
			String name = (equals < 0) ? argument : argument.substring(0, equals);
			String value = argument.substring(equals + 1);
			switch (name) {
				case "--rounds" -> rounds = number(name, value, 1);
				case "--tasks" -> tasks = number(name, value, 1000);
				case "--only" -> only = groups(value, groups);
				case "--directory" -> directory = Path.of(value);
				default -> {
					if (equals < 0 || !(name.startsWith("--ikigai.") || name.startsWith("--spring."))) {
						throw new IllegalArgumentException(
								"'%s' is not known. There are --rounds=5, --tasks=100000, ".formatted(argument)
										+ "--only=%s, --directory=benchmarks/target".formatted(String.join(",", groups))
										+ " and the platform's properties such as --ikigai.telemetry.tasks=false.");
					}
					properties.add(argument);
				}
			}
		}
		return new BenchmarkArguments(rounds, tasks, only, directory, properties,
				("benchmarks/run " + String.join(" ", args)).strip());
	}

	private static int number(String name, String value, int least) {
		try {
			int number = Integer.parseInt(value);
			if (number >= least) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Told below, like a number that is too small.
		}
		throw new IllegalArgumentException("%s=%s: it must be a whole number from %d".formatted(name, value, least));
	}

	private static List<String> groups(String value, List<String> known) {
		List<String> groups = List.of(value.split(","));
		for (String group : groups) {
			if (!known.contains(group)) {
				throw new IllegalArgumentException("--only=%s: there is no group '%s'. There are %s".formatted(value,
						group, String.join(", ", known)));
			}
		}
		return groups;
	}

	boolean wants(String group) {
		return this.only.isEmpty() || this.only.contains(group);
	}

}
