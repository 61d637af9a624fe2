package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The medians as bars, in one SVG: those of a workload are drawn to the scale of its
 * largest.
 */
final class Plot {

	private static final int LINE = 18;

	private static final int BAR_FROM = 330;

	private static final int BAR_WIDTH = 300;

	private static final int WIDTH = 720;

	private final List<String> shapes = new ArrayList<>();

	private int y = LINE;

	private Plot() {
	}

	/**
	 * Draws the workloads that more than one has been measured with.
	 */
	static String of(Results results) {
		Plot plot = new Plot();
		for (Workload workload : results.workloads()) {
			Map<String, Results.Outcome> measured = new LinkedHashMap<>(results.of(workload));
			measured.values().removeIf((outcome) -> outcome.values().isEmpty());
			if (measured.size() > 1) {
				plot.add(workload, measured);
			}
		}
		return """
				<svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
				font-family="sans-serif" font-size="12">
				<rect width="%1$d" height="%2$d" fill="#ffffff"/>
				%3$s</svg>
				""".formatted(WIDTH, plot.y, String.join("", plot.shapes));
	}

	private void add(Workload workload, Map<String, Results.Outcome> measured) {
		double largest = measured.values().stream().mapToDouble(Results.Outcome::median).max().orElse(1);
		text(10, "bold", workload.name() + " (" + workload.unit() + ")");
		this.y += LINE;
		measured.forEach((contestant, outcome) -> {
			text(24, "normal", contestant);
			int width = (int) Math.max(1, Math.round(BAR_WIDTH * outcome.median() / largest));
			String color = contestant.startsWith(Results.OURS) ? "#c2410c" : "#94a3b8";
			this.shapes.add("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n".formatted(BAR_FROM,
					this.y - 11, width, LINE - 5, color));
			text(BAR_FROM + width + 6, "normal", Report.number(outcome.median()));
			this.y += LINE;
		});
		this.y += LINE / 2;
	}

	private void text(int x, String weight, String text) {
		this.shapes.add(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" font-weight=\"%s\">%s</text>%n", x, this.y,
				weight, text.replace("&", "&amp;").replace("<", "&lt;")));
	}

}
