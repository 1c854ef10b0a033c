package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plugin.local/__symbol__/portable"
)

func TestTicksEmitsASineWave(t *testing.T) {
	source := &ticks{}
	if err := source.Configure("", map[string]any{"every": 1.0, "count": 2.0}); err != nil {
		t.Fatal(err)
	}
	tuples := make(chan portable.SourceTuple, 2)
	source.Open(portable.NewContext(context.Background(), "rule", "op", 0), tuples, nil)
	for i := 0; i < 2; i++ {
		got := (<-tuples).Message()
		if got["i"] != i || got["value"] != math.Sin(float64(i)/10) {
			t.Errorf("value %d is %v", i, got)
		}
	}
}

func TestTicksStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	source := &ticks{every: 60_000, count: 1}
	source.Open(portable.NewContext(ctx, "rule", "op", 0), nil, nil)
}

func TestTicksRefusesWhatIsNoInterval(t *testing.T) {
	if err := (&ticks{}).Configure("", map[string]any{"every": "often"}); err == nil {
		t.Error("took it")
	}
}

func TestRoundRounds(t *testing.T) {
	if got, ok := (round{}).Exec([]any{1.256, 2.0}, nil); !ok || got != 1.26 {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := (round{}).Exec([]any{"a", 2.0}, nil); ok || !strings.Contains(got.(string), "two numbers") {
		t.Errorf("got %v, %v", got, ok)
	}
	if (round{}).Validate([]any{1.0}) == nil {
		t.Error("took one argument")
	}
}

func TestLinesWritesALineForEachValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.ndjson")
	sink := &lines{}
	ctx := portable.NewContext(context.Background(), "rule", "op", 0)
	if err := sink.Configure(map[string]any{"path": path}); err != nil {
		t.Fatal(err)
	}
	if err := sink.Open(ctx); err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{`{"i": 1}`, `[{"i": 2}, {"i": 3}]`} {
		if err := sink.Collect(ctx, []byte(payload)); err != nil {
			t.Error(err)
		}
	}
	if sink.Collect(ctx, []byte("no JSON")) == nil {
		t.Error("took what is no JSON")
	}
	if err := sink.Close(ctx); err != nil {
		t.Error(err)
	}
	text, _ := os.ReadFile(path)
	if string(text) != "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n" {
		t.Errorf("wrote %q", text)
	}
}
