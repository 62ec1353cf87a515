(* What the generated statements are made of: vectors, sums, laws, and functions that Coq's library lacks. A reader who
   wants to know what was proved reads this file and the statements; scripts need not be read, as Coq checks them. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.

Open Scope R_scope.

(* --- vectors of R^d: sequences, of which the first d numbers count ------------------------------------------------- *)

Definition vec := nat -> R.
Definition vzero : vec := fun _ => 0.
Definition vplus (a b : vec) : vec := fun i => a i + b i.
Definition vscale (k : R) (a : vec) : vec := fun i => k * a i.

Fixpoint total (count : nat) (a : nat -> R) : R :=
  match count with
  | O => 0
  | S t => total t a + a t
  end.

Definition vtotal (count : nat) (a : nat -> vec) : vec := fun i => total count (fun t => a t i).
Definition inner (d : nat) (a b : vec) : R := total d (fun i => a i * b i).

(* --- numbers ------------------------------------------------------------------------------------------------------- *)

Definition power (base exponent : R) : R := if Rlt_dec 0 base then Rpower base exponent else 0.
Definition floor (x : R) : R := IZR (Zfloor x).
Definition ceiling (x : R) : R := IZR (Zceil x).
Definition erf (x : R) : R := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition erfc (x : R) : R := 1 - erf x.

(* --- laws: which functions have a mean, and the mean --------------------------------------------------------------- *)

Record law (S : Type) := {
  integrable : (S -> R) -> Prop;
  mean : (S -> R) -> R;
  integrable_constant : forall c, integrable (fun _ => c);
  integrable_linear : forall c f g, integrable f -> integrable g -> integrable (fun u => c * f u + g u);
  integrable_same : forall f g, (forall u, f u = g u) -> integrable f -> integrable g;
  mean_constant : forall c, mean (fun _ => c) = c;
  mean_linear : forall c f g, integrable f -> integrable g -> mean (fun u => c * f u + g u) = c * mean f + mean g;
  mean_monotone : forall f g, integrable f -> integrable g -> (forall u, f u <= g u) -> mean f <= mean g;
}.

Arguments integrable {S}.
Arguments mean {S}.
